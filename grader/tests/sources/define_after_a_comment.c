// finds no-define:4
/* a comment
   that ends
*/ #/**/define SIZE 10
int	main(void)
{
	return (SIZE);
}
