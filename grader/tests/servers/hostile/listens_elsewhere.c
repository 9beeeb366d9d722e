/*
 * Serves, after it has tried to listen on another port as well, whichever is free.
 * Where it can, it says so on standard error.
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
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0
		&& listen(fd, 1) == 0)
		write(2, "I listen elsewhere\n", 19);
	else
		close(fd);
	return (serve(argc, argv));
}
