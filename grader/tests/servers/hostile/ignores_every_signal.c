/* Serves, and ignores every signal that can be ignored. */
#include <signal.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	for (int number = 1; number < NSIG; number++)
		signal(number, SIG_IGN);
	return (serve(argc, argv));
}
