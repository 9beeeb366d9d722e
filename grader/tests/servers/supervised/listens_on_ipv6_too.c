/* The plain server, which listens on [::1] as well. */
#include <netinet/in.h>
#include <sys/socket.h>

static int	listen_twice(int fd, int backlog)
{
	struct sockaddr_in	address;
	socklen_t			length = sizeof(address);
	struct sockaddr_in6	other = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
	int					second = socket(AF_INET6, SOCK_STREAM, 0);

	if (getsockname(fd, (struct sockaddr *)&address, &length) != 0)
		return (-1);
	other.sin6_port = address.sin_port;
	if (second >= 0 && bind(second, (struct sockaddr *)&other, sizeof(other)) == 0)
		listen(second, backlog);
	return (listen(fd, backlog));
}

#define listen listen_twice
#include "../plain.c"
