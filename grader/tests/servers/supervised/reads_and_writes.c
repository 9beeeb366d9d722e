/* The plain server, with read and write instead of recv and send. */
#include <sys/socket.h>
#include <unistd.h>

#define recv(fd, bytes, length, flags) read(fd, bytes, length)
#define send(fd, bytes, length, flags) write(fd, bytes, length)
#include "../plain.c"
