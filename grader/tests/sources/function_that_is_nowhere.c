// finds compiles:6 allowed-functions:6
int	nowhere(void);

int	main(void)
{
	return (nowhere());
}
