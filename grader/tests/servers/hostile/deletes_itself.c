/* Deletes the name that it was started by, and serves. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	unlink(argv[0]);
	return (serve(argc, argv));
}
