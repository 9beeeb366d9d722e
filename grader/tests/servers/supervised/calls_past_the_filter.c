/*
 * Serves as it must, and tries before each recv what leads past a filter of
 * system calls, or into other processes: the call by whose name it goes itself.
 */
#include <sys/socket.h>
#define main serve
#define recv(...) tries_and_receives(__VA_ARGS__)
static ssize_t	tries_and_receives(int fd, void *buffer, size_t size, int flags);
#include "../plain.c"
#undef main
#undef recv
#include <errno.h>
#include <sys/syscall.h>

static const char	*what;

/* The result of a call, which must be that the kernel does not know it. */
static void	refused(const char *name, long result)
{
	if (result == -1 && errno == ENOSYS)
		return ;
	write(2, name, strlen(name));
	write(2, " was let through\n", 17);
	exit(3);
}

static int	is_wanted(const char *name)
{
	return (strcmp(what, name) == 0);
}

static ssize_t	tries_and_receives(int fd, void *buffer, size_t size, int flags)
{
	if (is_wanted("io_uring_setup"))
		refused("io_uring_setup", syscall(SYS_io_uring_setup, 1, NULL));
	if (is_wanted("ptrace"))
		refused("ptrace", syscall(SYS_ptrace, 0, 0, 0, 0));
	if (is_wanted("process_vm_readv"))
		refused("process_vm_readv",
			syscall(SYS_process_vm_readv, 1, NULL, 0, NULL, 0, 0));
	if (is_wanted("keyctl"))
		refused("keyctl", syscall(SYS_keyctl, 0, 0, 0, 0, 0));
#ifdef __x86_64__
	/* getpid of x32: of the kernel that has it not, the answer is the same. */
	if (is_wanted("x32"))
		refused("x32", syscall(0x40000000 + SYS_getpid));
	if (is_wanted("int 0x80"))
	{
		long	result = 20; /* getpid of 32-bit programs */

		__asm__ volatile ("int $0x80" : "+a"(result) : : "memory");
		errno = -(int)result;
		refused("int 0x80", (int)result < 0 ? -1 : 0);
	}
#endif
	return (recv(fd, buffer, size, flags));
}

int	main(int argc, char **argv)
{
	what = strrchr(argv[0], '/') + 1;
	return (serve(argc, argv));
}
