/* Answers each byte that it receives with all the bytes that there are, zero first. */
#define main serve
#include "../plain.c"
#undef main

int	main(int argc, char **argv)
{
	char	garbage[256];
	int		listener;
	int		fds[64];
	int		count = 0;

	if (argc < 2)
		return (serve(argc, argv));
	for (int i = 0; i < 256; i++)
		garbage[i] = i;
	listener = listen_on(atoi(argv[1]));
	while (count < 64) {
		fds[count++] = accept(listener, NULL, NULL);
		for (int i = 0; i < count; i++)
			send(fds[i], garbage, sizeof(garbage), MSG_NOSIGNAL | MSG_DONTWAIT);
	}
	while (1)
		pause();
}
