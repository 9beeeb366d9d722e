//! A chat server on select(2).
