// finds nothing
enum e_state
{
	EAGAIN = 1,
	DONE
};

static int	step(enum e_state state)
{
	int	errno = 11;

	return (state == EAGAIN || errno == 11);
}

int	main(void)
{
	return (step(DONE));
}
