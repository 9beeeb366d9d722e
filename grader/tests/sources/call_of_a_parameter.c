// finds nothing
static int	run(int (*system)(int), int n)
{
	return (system(n));
}

static int	other(int n)
{
	return (n);
}

int	main(void)
{
	return (run(other, 0));
}
