/* The plain server, with readv and writev instead of recv and send. */
#include <sys/socket.h>
#include <sys/uio.h>

static ssize_t	read_one(int fd, void *bytes, size_t length)
{
	struct iovec	one = {bytes, length};

	return (readv(fd, &one, 1));
}

static ssize_t	write_one(int fd, const void *bytes, size_t length)
{
	struct iovec	one = {(void *)bytes, length};

	return (writev(fd, &one, 1));
}

#define recv(fd, bytes, length, flags) read_one(fd, bytes, length)
#define send(fd, bytes, length, flags) write_one(fd, bytes, length)
#include "../plain.c"
