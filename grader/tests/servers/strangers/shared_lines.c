/*
 * A correct server that keeps each line once. A client has a list of the lines
 * that it has not read yet; a line is freed when the last list is done with it.
 * Clients are an array that grows, in the order of their arrival.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct s_line {
	int		readers;
	size_t	length;
	char	*text;
}	t_line;

typedef struct s_place {
	t_line			*line;
	struct s_place	*next;
}	t_place;

typedef struct s_client {
	int		fd;
	int		id;
	char	*begun;
	size_t	begun_length;
	size_t	begun_room;
	size_t	sent; /* of its first line */
	t_place	*first;
	t_place	**end;
}	t_client;

static t_client	**clients;
static int		count;
static int		next_id;

static void	*need(void *memory)
{
	if (memory == NULL) {
		write(2, "Fatal error\n", 12);
		exit(1);
	}
	return (memory);
}

static void	done_with_first(t_client *client)
{
	t_place	*place = client->first;

	client->first = place->next;
	if (client->first == NULL)
		client->end = &client->first;
	client->sent = 0;
	if (--place->line->readers == 0) {
		free(place->line->text);
		free(place->line);
	}
	free(place);
}

/* Takes over the text. */
static void	publish(t_client *author, char *text, size_t length)
{
	t_line	*line = need(malloc(sizeof(t_line)));

	line->readers = 0;
	line->length = length;
	line->text = text;
	for (int i = 0; i < count; i++) {
		t_place	*place;

		if (clients[i] == author)
			continue ;
		place = need(malloc(sizeof(t_place)));
		place->line = line;
		place->next = NULL;
		*clients[i]->end = place;
		clients[i]->end = &place->next;
		line->readers++;
	}
	if (line->readers == 0) {
		free(line->text);
		free(line);
	}
}

static void	announce(t_client *client, char *event)
{
	char	*text = need(malloc(64));

	publish(client, text, sprintf(text, "server: client %d just %s\n", client->id, event));
}

static void	write_to(t_client *client)
{
	t_line	*line = client->first->line;
	ssize_t	sent = send(client->fd, line->text + client->sent,
			line->length - client->sent, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (sent > 0)
		client->sent += sent;
	if (client->sent == line->length)
		done_with_first(client);
}

static void	end_line(t_client *client)
{
	char	*text = need(malloc(32 + client->begun_length));
	size_t	length = sprintf(text, "client %d: ", client->id);

	for (size_t i = 0; i < client->begun_length; i++)
		text[length++] = client->begun[i];
	client->begun_length = 0;
	publish(client, text, length);
}

static void	add(t_client *client, char byte)
{
	if (client->begun_length == client->begun_room) {
		client->begun_room = client->begun_room * 2 + 16;
		client->begun = need(realloc(client->begun, client->begun_room));
	}
	client->begun[client->begun_length++] = byte;
	if (byte == '\n')
		end_line(client);
}

/* The clients behind it move up. */
static void	dismiss(int place)
{
	t_client	*client = clients[place];

	if (client->begun_length > 0)
		add(client, '\n');
	announce(client, "left");
	while (client->first)
		done_with_first(client);
	count--;
	for (int i = place; i < count; i++)
		clients[i] = clients[i + 1];
	close(client->fd);
	free(client->begun);
	free(client);
}

static void	admit(int listener)
{
	int	fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return ;
	if (fd >= FD_SETSIZE) {
		close(fd);
		return ;
	}
	clients = need(realloc(clients, (count + 1) * sizeof(*clients)));
	clients[count] = need(calloc(1, sizeof(t_client)));
	clients[count]->fd = fd;
	clients[count]->id = next_id++;
	clients[count]->end = &clients[count]->first;
	announce(clients[count++], "arrived");
}

/* From the last to the first, so that those who move up have been served. */
static void	serve_once(int listener)
{
	static char	bytes[3000];
	fd_set		readable;
	fd_set		writable;
	int			highest = listener;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	FD_SET(listener, &readable);
	for (int i = 0; i < count; i++) {
		FD_SET(clients[i]->fd, &readable);
		if (clients[i]->first)
			FD_SET(clients[i]->fd, &writable);
		if (clients[i]->fd > highest)
			highest = clients[i]->fd;
	}
	if (select(highest + 1, &readable, &writable, NULL, NULL) < 0)
		return ;
	for (int i = count - 1; i >= 0; i--) {
		ssize_t	received;

		if (FD_ISSET(clients[i]->fd, &writable))
			write_to(clients[i]);
		if (!FD_ISSET(clients[i]->fd, &readable))
			continue ;
		received = recv(clients[i]->fd, bytes, sizeof(bytes), 0);
		for (ssize_t at = 0; at < received; at++)
			add(clients[i], bytes[at]);
		if (received <= 0)
			dismiss(i);
	}
	if (FD_ISSET(listener, &readable))
		admit(listener);
}

int	main(int argc, char **argv)
{
	struct sockaddr_in	address;
	int					listener;

	if (argc < 2) {
		write(2, "Wrong number of arguments\n", 26);
		exit(1);
	}
	bzero(&address, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(atoi(argv[1]));
	listener = socket(AF_INET, SOCK_STREAM, 0);
	if (listener == -1
		|| bind(listener, (struct sockaddr *)&address, sizeof(address)) == -1
		|| listen(listener, 10) == -1)
		need(NULL);
	while (1)
		serve_once(listener);
}
