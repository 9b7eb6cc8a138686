// game_of_life.comp: one cell per invocation, by Conway's rule, on a torus: 255 is alive, 0 is not. The picture's bright
// pixels are the first generation; each frame is the next one. A held mouse button brings the cells around it to life.
// @param float bright 0..255 = 128 "Alive from"
// @param int reach 0..20 = 4 "Reach of the mouse"
#include "include/grid.glsl"

layout(local_size_x = LOCAL_X, local_size_y = LOCAL_Y) in;
layout(std430, binding = 0) readonly restrict buffer Input { float x[]; };            // [channels, inputHeight, inputWidth]
layout(std430, binding = 1) writeonly restrict buffer Output { float y[]; };          // [channels, outputHeight, outputWidth]
layout(std430, binding = 2) readonly restrict buffer Previous { float previous[]; };  // the generation before

bool isAlive(ivec3 cell)
{
    ivec2 size = ivec2(outputWidth, outputHeight);
    ivec2 wrapped = (cell.xy + size) % size;
    return previous[(cell.z * outputHeight + wrapped.y) * outputWidth + wrapped.x] > 127.0;
}

void main()
{
    ivec3 cell = gridPosition();
    if (cell.x >= outputWidth || cell.y >= outputHeight || cell.z >= channels)
        return;

    bool lives;
    if (frame == 0)
    {
        lives = x[(cell.z * inputHeight + cell.y) * inputWidth + cell.x] >= bright;
    }
    else
    {
        int neighbours = 0;
        for (int i = -1; i <= 1; i++)
        {
            for (int j = -1; j <= 1; j++)
                neighbours += (i != 0 || j != 0) && isAlive(cell + ivec3(j, i, 0)) ? 1 : 0;
        }
        lives = neighbours == 3 || neighbours == 2 && isAlive(cell);
    }
    if (mouseDown != 0 && distance(vec2(cell.xy), vec2(mouseX, mouseY)) <= float(reach))
        lives = true;
    y[(cell.z * outputHeight + cell.y) * outputWidth + cell.x] = lives ? 255.0 : 0.0;
}
