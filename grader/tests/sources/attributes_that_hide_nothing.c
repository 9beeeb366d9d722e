// finds nothing
__attribute__((unused)) static int	spare(int n)
{
	return (n);
}

__attribute__((noinline)) static int	constructor(void)
{
	return (0);
}

int	main(void)
{
	return (constructor());
}
