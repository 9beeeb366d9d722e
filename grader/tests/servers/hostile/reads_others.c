/*
 * Serves, and tells everybody who arrives what it could read of the file that is
 * beside it: the submission of somebody else. Where it can read nothing, it is a
 * correct server.
 */
#include <fcntl.h>
#include <libgen.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	char	path[4096];
	int		fd;

	strcpy(path, argv[0]);
	strcpy(path, dirname(path));
	strcat(path, "/secret.c");
	fd = open(path, O_RDONLY);
	if (fd >= 0) {
		write(2, "I have read the secret\n", 23);
		close(fd);
	}
	return (serve(argc, argv));
}
