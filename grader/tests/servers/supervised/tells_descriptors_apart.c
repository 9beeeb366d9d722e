/* Accepts connections in the way that its second argument names, and says of each on
   standard output whom it is from and whether recv without data and send without
   room wait or return. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* A call that waits through so many alarms waits for ever. */
enum { ALARMS = 4 };

static volatile sig_atomic_t	interruptions;

static void	ring(int signal)
{
	(void)signal;
	interruptions++;
}

/* Alarms come again and again, so that one that rings too early decides nothing. */
static void	alarms(int every_ms)
{
	struct itimerval	timer = {
		{0, every_ms * 1000}, {0, every_ms * 1000}};
	struct sigaction	action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = ring;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void	die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	fflush(stdout);
	exit(1);
}

/* Whether a call gives up by itself, as all do with EAGAIN, or goes on until alarms end it. */
static const char	*waits(int fd, ssize_t (*call)(int, void *, size_t, int))
{
	static char	bytes[1 << 16];
	int			alarms = 0;

	while (alarms < ALARMS) {
		if (call(fd, bytes, sizeof(bytes), 0) >= 0)
			alarms = 0;
		else if (errno == EAGAIN)
			return ("returns");
		else if (errno == EINTR)
			alarms++;
		else
			die("call");
	}
	return ("waits");
}

static ssize_t	send_bytes(int fd, void *bytes, size_t length, int flags)
{
	return (send(fd, bytes, length, flags));
}

static void	report(int fd, const struct sockaddr_in *from)
{
	const char	*receiving;
	const char	*sending;

	alarms(50);
	receiving = waits(fd, recv);
	sending = waits(fd, send_bytes);
	alarms(0);
	printf("from %d: recv %s, send %s\n", ntohs(from->sin_port), receiving, sending);
	fflush(stdout);
}

static int	accept_one(int listener, struct sockaddr_in *from)
{
	socklen_t	length = sizeof(*from);
	int			fd;

	memset(from, 0, sizeof(*from));
	fd = accept(listener, (struct sockaddr *)from, &length);
	if (fd >= 0 && length != sizeof(*from))
		die("the length of an address");
	return (fd);
}

static void	accept_and_report(int listener)
{
	struct sockaddr_in	from;
	int					fd = accept_one(listener, &from);

	if (fd < 0)
		die("accept");
	report(fd, &from);
}

static void	*accept_in_a_thread(void *listener)
{
	struct sockaddr_in	from;

	if (accept_one(*(int *)listener, &from) < 0)
		die("accept");
	printf("from %d\n", ntohs(from.sin_port));
	fflush(stdout);
	return (NULL);
}

static void	wait_for_one(int listener)
{
	fd_set	readable;

	FD_ZERO(&readable);
	FD_SET(listener, &readable);
	if (select(listener + 1, &readable, NULL, NULL, NULL) != 1)
		die("select");
}

/* Has no descriptor for the first connection, which must stay in the queue. */
static void	accept_when_full(int listener)
{
	struct sockaddr_in	from;
	struct rlimit		limit = {listener + 1, listener + 1};

	setrlimit(RLIMIT_NOFILE, &limit);
	wait_for_one(listener);
	if (accept_one(listener, &from) >= 0 || errno != EMFILE)
		die("accept without a descriptor left");
	close(0);
	wait_for_one(listener);
	accept_and_report(listener);
}

int	main(int argc, char **argv)
{
	struct sockaddr_in	address;
	int					listener;
	const char			*how = argc > 2 ? argv[2] : "";
	int					yes = 1;

	if (strcmp(how, "executed") == 0) {
		accept_and_report(atoi(argv[1]));
		pause();
	}
	listener = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	address.sin_port = htons(argc > 1 ? atoi(argv[1]) : 0);
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) != 0
		|| listen(listener, 10) != 0)
		die("start");
	if (strcmp(how, "forks") == 0) {
		if (fork() == 0)
			accept_and_report(listener);
	}
	else if (strcmp(how, "executes") == 0) {
		char	number[16];

		sprintf(number, "%d", listener);
		execl(argv[0], argv[0], number, "executed", NULL);
		die("execl");
	}
	else if (strcmp(how, "two-threads") == 0) {
		pthread_t	threads[2];

		for (int i = 0; i < 2; i++)
			pthread_create(&threads[i], NULL, accept_in_a_thread, &listener);
		for (int i = 0; i < 2; i++)
			pthread_join(threads[i], NULL);
	}
	else if (strcmp(how, "full") == 0)
		accept_when_full(listener);
	else if (strcmp(how, "never-waits") == 0) {
		struct sockaddr_in	from;

		fcntl(listener, F_SETFL, O_NONBLOCK);
		if (accept_one(listener, &from) >= 0 || errno != EAGAIN)
			die("accept without a connection");
		if (accept(-1, NULL, NULL) >= 0 || errno != EBADF)
			die("accept on no descriptor");
		if (accept(0, NULL, NULL) >= 0 || errno != ENOTSOCK)
			die("accept on no socket");
		if (listen(-1, 1) >= 0 || errno != EBADF)
			die("listen on no descriptor");
		if (listen(0, 1) >= 0 || errno != ENOTSOCK)
			die("listen on no socket");
		printf("ready\n");
		fflush(stdout);
		wait_for_one(listener);
		accept_and_report(listener);
	}
	else
		accept_and_report(listener);
	pause();
	return (0);
}
