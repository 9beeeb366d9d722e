/* Accepts everybody, and never reads or says a word. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	int	listener;

	if (argc < 2)
		return (serve(argc, argv));
	listener = listen_on(atoi(argv[1]));
	while (1)
		accept(listener, NULL, NULL);
}
