// finds nothing
int	main(void)
{
	char	text[10000] = {0};
	char	more[10000] = "begin";

	return (text[3] + more[9000]);
}
