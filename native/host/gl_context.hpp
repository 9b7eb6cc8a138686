// An OpenGL context without a window, by EGL, and the few of GL's functions that the host and its tests call.
#pragma once

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GL/glcorearb.h>

#include <stdexcept>
#include <string>

// X(return type, name without gl, parameters)
#define LIVEPOOL_GL_FUNCTIONS(X)                                                                                    \
    X(const GLubyte *, GetString, (GLenum))                                                                         \
    X(GLenum, GetError, (void))                                                                                     \
    X(void, GetIntegerv, (GLenum, GLint *))                                                                         \
    X(void, GetInteger64i_v, (GLenum, GLuint, GLint64 *))                                                           \
    X(void, GetIntegeri_v, (GLenum, GLuint, GLint *))                                                               \
    X(void, Enable, (GLenum))                                                                                       \
    X(void, Finish, (void))                                                                                         \
    X(void, PixelStorei, (GLenum, GLint))                                                                           \
    X(void, GenTextures, (GLsizei, GLuint *))                                                                       \
    X(void, DeleteTextures, (GLsizei, const GLuint *))                                                              \
    X(void, ActiveTexture, (GLenum))                                                                                \
    X(void, BindTexture, (GLenum, GLuint))                                                                          \
    X(void, TexImage2D, (GLenum, GLint, GLint, GLsizei, GLsizei, GLint, GLenum, GLenum, const void *))              \
    X(void, TexSubImage2D, (GLenum, GLint, GLint, GLint, GLsizei, GLsizei, GLenum, GLenum, const void *))           \
    X(void, TexParameteri, (GLenum, GLenum, GLint))                                                                 \
    X(void, GetTexParameteriv, (GLenum, GLenum, GLint *))                                                           \
    X(void, GetTexImage, (GLenum, GLint, GLenum, GLenum, void *))                                                   \
    X(void, GenSamplers, (GLsizei, GLuint *))                                                                       \
    X(void, BindSampler, (GLuint, GLuint))                                                                          \
    X(void, GenBuffers, (GLsizei, GLuint *))                                                                        \
    X(void, BindBuffer, (GLenum, GLuint))                                                                           \
    X(void, BindBufferBase, (GLenum, GLuint, GLuint))                                                               \
    X(void, BindBufferRange, (GLenum, GLuint, GLuint, GLintptr, GLsizeiptr))                                        \
    X(void, BufferData, (GLenum, GLsizeiptr, const void *, GLenum))                                                 \
    X(GLboolean, IsBuffer, (GLuint))                                                                                \
    X(GLboolean, IsProgram, (GLuint))                                                                               \
    X(GLboolean, IsSampler, (GLuint))                                                                               \
    X(GLboolean, IsQuery, (GLuint))                                                                                 \
    X(GLuint, CreateShader, (GLenum))                                                                               \
    X(void, ShaderSource, (GLuint, GLsizei, const GLchar *const *, const GLint *))                                  \
    X(void, CompileShader, (GLuint))                                                                                \
    X(GLuint, CreateProgram, (void))                                                                                \
    X(void, AttachShader, (GLuint, GLuint))                                                                         \
    X(void, LinkProgram, (GLuint))                                                                                  \
    X(void, UseProgram, (GLuint))                                                                                   \
    X(void, DeleteProgram, (GLuint))                                                                                \
    X(void, TransformFeedbackVaryings, (GLuint, GLsizei, const GLchar *const *, GLenum))                            \
    X(void, BeginTransformFeedback, (GLenum))                                                                       \
    X(void, PauseTransformFeedback, (void))                                                                         \
    X(void, EndTransformFeedback, (void))                                                                           \
    X(void, GenVertexArrays, (GLsizei, GLuint *))                                                                   \
    X(void, BindVertexArray, (GLuint))                                                                              \
    X(void, GenFramebuffers, (GLsizei, GLuint *))                                                                   \
    X(void, BindFramebuffer, (GLenum, GLuint))                                                                      \
    X(void, BindImageTexture, (GLuint, GLuint, GLint, GLboolean, GLint, GLenum, GLenum))

struct gl_functions {
#define X(result, name, parameters) result(APIENTRY *name) parameters;
    LIVEPOOL_GL_FUNCTIONS(X)
#undef X
};

// Current on the thread that made it, until it is destroyed there.
class gl_context {
public:
    enum class api { gl, es };

    explicit gl_context(int major = 4, int minor = 3, api wanted_api = api::gl)
    {
        bool is_es = wanted_api == api::es;
        auto get_display = reinterpret_cast<PFNEGLGETPLATFORMDISPLAYEXTPROC>(eglGetProcAddress("eglGetPlatformDisplayEXT"));
        display_ = get_display ? get_display(EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, nullptr) : EGL_NO_DISPLAY;
        if (display_ == EGL_NO_DISPLAY)
            display_ = eglGetDisplay(EGL_DEFAULT_DISPLAY);
        const EGLint wanted[] = { EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, is_es ? EGL_OPENGL_ES3_BIT : EGL_OPENGL_BIT, EGL_NONE };
        const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION, major, EGL_CONTEXT_MINOR_VERSION, minor,
            is_es ? EGL_NONE : EGL_CONTEXT_OPENGL_PROFILE_MASK, EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE };
        EGLConfig config;
        EGLint count = 0;
        if (!eglInitialize(display_, nullptr, nullptr) || !eglBindAPI(is_es ? EGL_OPENGL_ES_API : EGL_OPENGL_API) ||
            !eglChooseConfig(display_, wanted, &config, 1, &count) || count < 1)
            throw std::runtime_error("EGL offers no OpenGL; install a driver, such as Mesa's libegl1 and libgl1-mesa-dri");
        context_ = eglCreateContext(display_, config, EGL_NO_CONTEXT, version);
        if (context_ == EGL_NO_CONTEXT || !eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_))
            throw std::runtime_error("EGL makes no context of OpenGL " + std::to_string(major) + "." + std::to_string(minor));
#define X(result, name, parameters)                                                                    \
    gl.name = reinterpret_cast<result(APIENTRY *) parameters>(eglGetProcAddress("gl" #name));          \
    if (!gl.name)                                                                                      \
        throw std::runtime_error("the driver has no gl" #name);
        LIVEPOOL_GL_FUNCTIONS(X)
#undef X
    }

    gl_context(const gl_context &) = delete;
    gl_context &operator=(const gl_context &) = delete;

    ~gl_context()
    {
        release();
        eglDestroyContext(display_, context_);
    }

    void make_current() { eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, context_); }
    void release() { eglMakeCurrent(display_, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT); }

    std::string text(GLenum name) const { return reinterpret_cast<const char *>(gl.GetString(name)); }

    // A texture of level 0 alone; its pixels are RGBA of bytes, or of floats for GL_RGBA32F.
    GLuint make_texture(int width, int height, GLenum format, const void *pixels = nullptr) const
    {
        GLuint name;
        gl.GenTextures(1, &name);
        gl.BindTexture(GL_TEXTURE_2D, name);
        gl.TexParameteri(GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
        gl.TexImage2D(GL_TEXTURE_2D, 0, static_cast<GLint>(format), width, height, 0, GL_RGBA,
            format == GL_RGBA32F ? GL_FLOAT : GL_UNSIGNED_BYTE, pixels);
        return name;
    }

    gl_functions gl {};

private:
    EGLDisplay display_;
    EGLContext context_ = EGL_NO_CONTEXT;
};
