/* Serves a first client, and becomes another program with the second. */
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
	accept(listener, NULL, NULL);
	execl("/bin/sleep", "sleep", "120", (char *)NULL);
	exit(1);
}
