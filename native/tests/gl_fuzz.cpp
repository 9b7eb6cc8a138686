// fuzz.c with a GL context on one of its two threads, and textures of the names that it gives.
#include "gl_context.hpp"

extern "C" int fuzz(int argc, char **argv);

int main(int, char **argv)
{
    gl_context context;
    for (int i = 0; i < 3; i++)
        context.make_texture(1 + 20 * i, 40, i == 1 ? GL_RGBA32F : GL_RGBA8);
    char has_context[] = "gl";
    char *arguments[] = { argv[0], argv[1], has_context, nullptr };
    return fuzz(3, arguments);
}
