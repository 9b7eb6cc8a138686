// fill.frag: one pixel of one colour, premultiplied alpha.
uniform vec4 fillColor;

out vec4 color;

void main()
{
    color = fillColor;
}
