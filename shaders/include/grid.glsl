// Where an invocation stands in the whole grid. A dispatch beyond the device's group count is cut into tiles, and
// groupOffset is the first group of the tile.
uniform uvec3 groupOffset;

ivec3 gridPosition()
{
    return ivec3((gl_WorkGroupID + groupOffset) * uvec3(LOCAL_X, LOCAL_Y, 1) + gl_LocalInvocationID);
}

// The four columns that one invocation works on: LOCAL_X apart, so that neighbours touch neighbouring elements.
ivec4 gridColumns()
{
    int first = int(gl_WorkGroupID.x + groupOffset.x) * (4 * LOCAL_X) + int(gl_LocalInvocationID.x);
    return first + ivec4(0, 1, 2, 3) * LOCAL_X;
}
