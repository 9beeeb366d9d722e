/* Serves, and listens on the hundred ports after its own as well. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	for (int port = 1; argc > 1 && port <= 100; port++) {
		struct sockaddr_in	address;
		int					other = socket(AF_INET, SOCK_STREAM, 0);

		bzero(&address, sizeof(address));
		address.sin_family = AF_INET;
		address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		address.sin_port = htons(atoi(argv[1]) + port);
		if (bind(other, (struct sockaddr *)&address, sizeof(address)) == 0)
			listen(other, 1);
	}
	return (serve(argc, argv));
}
