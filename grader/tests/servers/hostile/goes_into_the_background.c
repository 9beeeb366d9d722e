/* Forks twice, as daemons do, and serves from there; who started it sees it end. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	if (argc < 2)
		return (serve(argc, argv));
	if (fork() != 0)
		_exit(0);
	setsid();
	if (fork() != 0)
		_exit(0);
	alarm(120);
	return (serve(argc, argv));
}
