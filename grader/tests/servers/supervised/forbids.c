/*
 * Forbids system calls to itself and to the program that it then executes, as
 * some containers do: forbids CALL=ERROR[,CALL=ERROR...] PROGRAM [ARGUMENT...].
 * A call is its number, "netlink" (sockets of that kind) or "listener" (a filter
 * of system calls that somebody listens to); an error is the kernel's number.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST 256

static struct sock_filter	instructions[MOST];
static unsigned short		length;

static void	add(unsigned short code, unsigned operand, unsigned char other)
{
	struct sock_filter	instruction = {code, 0, other, operand};

	if (length == MOST)
		_exit(2);
	instructions[length++] = instruction;
}

/* Skips so many instructions where the call has another number. */
static void	if_call(unsigned number, unsigned char skipped)
{
	add(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr), 0);
	add(BPF_JMP | BPF_JEQ | BPF_K, number, skipped);
}

static void	load_argument(int place)
{
	add(BPF_LD | BPF_W | BPF_ABS,
		offsetof(struct seccomp_data, args) + place * sizeof(unsigned long long), 0);
}

static void	forbid(const char *call, unsigned error)
{
	if (strcmp(call, "netlink") == 0)
	{
		if_call(SYS_socket, 3);
		load_argument(0);
		add(BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 1);
	}
	else if (strcmp(call, "listener") == 0)
	{
		if_call(SYS_seccomp, 3);
		load_argument(1);
		add(BPF_JMP | BPF_JSET | BPF_K, SECCOMP_FILTER_FLAG_NEW_LISTENER, 1);
	}
	else
		if_call(atoi(call), 1);
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error, 0);
}

int	main(int count, char **arguments)
{
	char				*call;
	char				*error;
	struct sock_fprog	program;

	if (count < 3)
		return (2);
	for (call = strtok(arguments[1], ","); call; call = strtok(NULL, ","))
	{
		error = strchr(call, '=');
		if (!error)
			return (2);
		*error = '\0';
		forbid(call, atoi(error + 1));
	}
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0);
	program.len = length;
	program.filter = instructions;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
		|| prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		return (3);
	execv(arguments[2], arguments + 2);
	return (4);
}
