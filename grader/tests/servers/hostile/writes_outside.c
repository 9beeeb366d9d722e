/*
 * Serves, after it has tried to put a file beside its executable and to change the
 * submission of somebody else. Where it can do neither, it is a correct server.
 */
#include <fcntl.h>
#include <libgen.h>
#include <sys/stat.h>

#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	static const char	*names[] = {"/planted", "/secret.c"};
	char				folder[4096];
	char				path[5000];

	strcpy(folder, argv[0]);
	strcpy(folder, dirname(folder));
	for (int i = 0; i < 2; i++) {
		strcpy(path, folder);
		strcat(path, names[i]);
		int	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (fd >= 0) {
			write(fd, "planted", 7);
			close(fd);
		}
	}
	return (serve(argc, argv));
}
