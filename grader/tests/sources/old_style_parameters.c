// finds nothing
static int	add(time, index)
int	time;
int	index;
{
	return (time + index);
}

int	main(void)
{
	return (add(1, 2));
}
