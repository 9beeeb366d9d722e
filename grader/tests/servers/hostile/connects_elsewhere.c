/*
 * Serves, after it has tried to connect to whoever listens on the port that the name
 * of its own file ends in, on the machine itself. Where it can, it says so on
 * standard error, and tells it.
 */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	struct sockaddr_in	address;
	int					fd = socket(AF_INET, SOCK_STREAM, 0);

	bzero(&address, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(atoi(strstr(argv[0], "-") + 1));
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0) {
		write(2, "I am connected\n", 15);
		send(fd, "stolen", 6, MSG_NOSIGNAL);
	}
	close(fd);
	return (serve(argc, argv));
}
