// rectangle.vert: one corner of a rectangle per vertex; triangle strip of four, no attributes.
uniform vec4 corners;  // left, top, right, bottom in clip coordinates

void main()
{
    gl_Position = vec4(
        (gl_VertexID & 1) == 0 ? corners.x : corners.z,
        (gl_VertexID & 2) == 0 ? corners.y : corners.w, 0.0, 1.0);
}
