/* Closes stdout and stderr first, so that its sockets get their numbers. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	close(1);
	close(2);
	return (serve(argc, argv));
}
