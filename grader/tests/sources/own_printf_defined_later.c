// finds nothing
static int	dprintf(int n);

int	main(void)
{
	return (dprintf(1));
}

static int	dprintf(int n)
{
	return (n - 1);
}
