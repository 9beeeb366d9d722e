/* Serves, and is a client of its own as soon as it does, who talks all the time. */
#define main serve
#include "../plain.c"
#undef main

static void	chat(int port)
{
	struct sockaddr_in	address;
	int					fd = socket(AF_INET, SOCK_STREAM, 0);

	bzero(&address, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(port);
	while (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		usleep(1000);
	while (send(fd, "me again\n", 9, MSG_NOSIGNAL) > 0)
		;
	exit(0);
}

int	main(int argc, char **argv)
{
	if (argc > 1 && fork() == 0)
		chat(atoi(argv[1]));
	return (serve(argc, argv));
}
