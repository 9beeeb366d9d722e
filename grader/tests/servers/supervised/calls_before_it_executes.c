/* Handles a signal, as a shell may, and then becomes the plain server: it executes itself anew. */
#include <signal.h>
#include <unistd.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	if (argc != 2)
		return (serve(argc, argv));
	signal(SIGPIPE, SIG_IGN);
	execl("/proc/self/exe", argv[0], argv[1], "again", NULL);
	return (1);
}
