using LivePool.Unity;
using UnityEngine;

/// <summary>Puts the feature maps of a <see cref="LivePoolCamera"/> on this object's material.</summary>
[RequireComponent(typeof(LivePoolCamera), typeof(Renderer))]
public sealed class ShowFeatureMaps : MonoBehaviour
{
    private LivePoolCamera _camera;
    private Renderer _renderer;

    private void Awake()
    {
        _camera = GetComponent<LivePoolCamera>();
        _renderer = GetComponent<Renderer>();
        // The feature maps' rows come from the top.
        _renderer.material.mainTextureScale = new Vector2(1, -1);
    }

    private void Update()
    {
        if (_camera.Output != null)
            _renderer.material.mainTexture = _camera.Output;
    }
}
