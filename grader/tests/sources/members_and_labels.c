// finds nothing
struct s_calls
{
	int	read;
	int	(*printf)(int);
};

static int	own(int n)
{
	return (n);
}

int	main(void)
{
	struct s_calls	calls = {.read = 1, .printf = own};

	if (calls.printf(calls.read) == 2)
		goto fork;
	return (0);
fork:
	return (1);
}
