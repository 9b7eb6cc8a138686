#include "part.glsl"
embedded
