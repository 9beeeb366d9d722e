// finds nothing
static int	open(int a)
{
	return (a);
}

static int	read(int a)
{
	return (open(a) + 1);
}

int	main(void)
{
	return (read(0));
}
