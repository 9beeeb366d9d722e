/*
 * A correct server that holds nothing back: what it receives goes out at once,
 * with the prefix at the start of each line only, so an unfinished line has been
 * delivered as it is when its client leaves. Clients are a linked list, and each
 * has a queue that grows as long as it is lazy.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

struct client {
	int				fd;
	int				id;
	int				inside_a_line;
	char			*queue;
	size_t			start;
	size_t			end;
	size_t			room;
	struct client	*next;
};

static struct client	*first;
static int				ids_given;

static void	fatal(void)
{
	write(2, "Fatal error\n", 12);
	exit(1);
}

static void	enqueue(struct client *client, const char *bytes, size_t length)
{
	size_t	queued = client->end - client->start;

	if (client->end + length > client->room) {
		size_t	room = (queued + length) * 2;
		char	*queue = malloc(room);

		if (queue == NULL)
			fatal();
		for (size_t i = 0; i < queued; i++)
			queue[i] = client->queue[client->start + i];
		free(client->queue);
		client->queue = queue;
		client->room = room;
		client->start = 0;
		client->end = queued;
	}
	for (size_t i = 0; i < length; i++)
		client->queue[client->end++] = bytes[i];
}

static void	enqueue_for_others(struct client *speaker, const char *bytes, size_t length)
{
	for (struct client *client = first; client; client = client->next)
		if (client != speaker)
			enqueue(client, bytes, length);
}

static void	drain(struct client *client)
{
	ssize_t	sent = send(client->fd, client->queue + client->start,
			client->end - client->start, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (sent > 0)
		client->start += sent;
	if (client->start == client->end) {
		free(client->queue);
		client->queue = NULL;
		client->start = client->end = client->room = 0;
	}
}

static void	welcome(int listener)
{
	char			text[64];
	struct client	*client;
	int				fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return ;
	if (fd >= FD_SETSIZE) {
		close(fd);
		return ;
	}
	client = calloc(1, sizeof(*client));
	if (client == NULL)
		fatal();
	client->fd = fd;
	client->id = ids_given++;
	client->next = first;
	first = client;
	enqueue_for_others(client, text,
		sprintf(text, "server: client %d just arrived\n", client->id));
}

static void	remove_client(struct client *client)
{
	char			text[64];
	struct client	**link = &first;

	while (*link != client)
		link = &(*link)->next;
	*link = client->next;
	enqueue_for_others(NULL, text,
		sprintf(text, "server: client %d just left\n", client->id));
	close(client->fd);
	free(client->queue);
	free(client);
}

static void	listen_to(struct client *client)
{
	char	bytes[4096];
	char	prefix[32];
	ssize_t	from = 0;
	ssize_t	count = recv(client->fd, bytes, sizeof(bytes), 0);

	if (count <= 0) {
		remove_client(client);
		return ;
	}
	sprintf(prefix, "client %d: ", client->id);
	while (from < count) {
		ssize_t	to = from;

		while (to < count && bytes[to] != '\n')
			to++;
		if (to < count)
			to++;
		if (!client->inside_a_line)
			enqueue_for_others(client, prefix, strlen(prefix));
		enqueue_for_others(client, bytes + from, to - from);
		client->inside_a_line = bytes[to - 1] != '\n';
		from = to;
	}
}

static int	open_port(int port)
{
	struct sockaddr_in	address = {0};
	int					listener = socket(AF_INET, SOCK_STREAM, 0);

	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(2130706433);
	address.sin_port = htons(port);
	if (listener < 0
		|| bind(listener, (struct sockaddr *)&address, sizeof(address)) < 0
		|| listen(listener, 4096) < 0)
		fatal();
	return (listener);
}

int	main(int argc, char **argv)
{
	fd_set	readable;
	fd_set	writable;
	int		listener;

	if (argc == 1) {
		write(2, "Wrong number of arguments\n", 26);
		return (1);
	}
	listener = open_port(atoi(argv[1]));
	while (1) {
		int	highest = listener;

		FD_ZERO(&readable);
		FD_ZERO(&writable);
		FD_SET(listener, &readable);
		for (struct client *client = first; client; client = client->next) {
			FD_SET(client->fd, &readable);
			if (client->end > client->start)
				FD_SET(client->fd, &writable);
			if (client->fd > highest)
				highest = client->fd;
		}
		if (select(highest + 1, &readable, &writable, NULL, NULL) < 0)
			continue ;
		for (struct client *client = first, *next; client; client = next) {
			next = client->next;
			if (FD_ISSET(client->fd, &writable))
				drain(client);
			if (FD_ISSET(client->fd, &readable))
				listen_to(client);
		}
		if (FD_ISSET(listener, &readable))
			welcome(listener);
	}
}
