"""Other people's questions: one module for each benchmark, which reads its files as published."""
