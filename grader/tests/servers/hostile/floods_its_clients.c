/* Sends a gigabyte to every client that connects. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	static char	noise[1000000];
	int			listener;

	if (argc < 2)
		return (serve(argc, argv));
	memset(noise, '!', sizeof(noise));
	listener = listen_on(atoi(argv[1]));
	while (1) {
		int	fd = accept(listener, NULL, NULL);

		for (int megabytes = 0; megabytes < 1000; megabytes++)
			if (send(fd, noise, sizeof(noise), MSG_NOSIGNAL) < 0)
				break ;
	}
}
