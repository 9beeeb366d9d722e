//! Grades any mini_serv.
