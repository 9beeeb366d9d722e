// finds no-define:2
#define SIZE 0
int	main(void)
{
	return (SIZE);
}
