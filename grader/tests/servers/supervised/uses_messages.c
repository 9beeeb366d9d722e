/* The plain server, with recvmsg and sendmsg instead of recv and send. */
#include <sys/socket.h>
#include <sys/uio.h>

static ssize_t	receive_message(int fd, void *bytes, size_t length, int flags)
{
	struct iovec	one = {bytes, length};
	struct msghdr	message = {.msg_iov = &one, .msg_iovlen = 1};

	return (recvmsg(fd, &message, flags));
}

static ssize_t	send_message(int fd, const void *bytes, size_t length, int flags)
{
	struct iovec	one = {(void *)bytes, length};
	struct msghdr	message = {.msg_iov = &one, .msg_iovlen = 1};

	return (sendmsg(fd, &message, flags));
}

#define recv(fd, bytes, length, flags) receive_message(fd, bytes, length, flags)
#define send(fd, bytes, length, flags) send_message(fd, bytes, length, flags)
#include "../plain.c"
