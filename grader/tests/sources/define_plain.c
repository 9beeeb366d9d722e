// finds no-define:2
#define SIZE 10
int	main(void)
{
	return (SIZE);
}
