// finds nothing
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

int	main(int argc, char **argv)
{
	struct sockaddr_in	address;
	struct timeval		at_once = {0, 0};
	fd_set				set;
	char				text[200];
	char				*more = calloc(10, 1);
	int					fd = socket(AF_INET, SOCK_STREAM, 0);

	bzero(&address, sizeof(address));
	memset(text, 0, sizeof(text));
	address.sin_family = AF_INET;
	address.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (!more || fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 10))
		exit(1);
	FD_ZERO(&set);
	FD_SET(fd, &set);
	if (select(fd + 1, &set, NULL, NULL, &at_once) > 0 && FD_ISSET(fd, &set))
	{
		int	client = accept(fd, NULL, NULL);

		recv(client, text, 9, 0);
		send(client, text, strlen(text), 0);
		close(client);
	}
	FD_CLR(fd, &set);
	sprintf(text, "%d %d", ntohs(address.sin_port), ntohl(1) != 0);
	strcpy(more, "a");
	strcat(more, "b");
	more = realloc(more, 20);
	if (more && strstr(more, "ab"))
		write(1, "", 0);
	free(malloc(3));
	free(more);
	return (0);
}
