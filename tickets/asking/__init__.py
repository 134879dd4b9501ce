"""How citizens are asked (回访): at what hours, who is called too, and whom the lot draws."""
