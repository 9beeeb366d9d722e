/*
 * Serves its first client with all the memory that it can get, up to 4 GB, so that a
 * test that fails does no harm.
 */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	int	listener;

	if (argc < 2)
		return (serve(argc, argv));
	listener = listen_on(atoi(argv[1]));
	accept(listener, NULL, NULL);
	for (int megabytes = 0; megabytes < 4000; megabytes++) {
		char	*more = malloc(1 << 20);

		if (more == NULL)
			fatal();
		memset(more, 1, 1 << 20);
	}
	while (1)
		pause();
}
